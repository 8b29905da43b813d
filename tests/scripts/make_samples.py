"""Write the small, exact files of sample_data/; its README says what each one shows."""

import json
import random
import sys
from fractions import Fraction
from math import comb

from sample_files import csv_text, run

# Worms that have 0, 1, ..., 10 teeth.
TEETH = (2, 3, 5, 14, 16, 15, 12, 8, 10, 8, 7)

ANIMALS = ("cat", "dog", "emu")

# Percent: letter, English, German. Source: Wikipedia, "Letter frequency", section "Relative
# frequencies of letters in other languages", revision of 16 October 2025, 12:53 UTC,
# https://en.wikipedia.org/wiki/Letter_frequency. English ä, ö and ü are "~0%" there.
LETTERS = """
a 8.167 6.516
b 1.492 1.886
c 2.782 2.732
d 4.253 5.076
e 12.702 16.396
f 2.228 1.656
g 2.015 3.009
h 6.094 4.577
i 6.966 6.550
j 0.153 0.268
k 0.772 1.417
l 4.025 3.437
m 2.406 2.534
n 6.749 9.776
o 7.507 2.594
p 1.929 0.670
q 0.095 0.018
r 5.987 7.003
s 6.327 7.270
t 9.056 6.154
u 2.758 4.166
v 0.978 0.846
w 2.360 1.921
x 0.150 0.034
y 1.974 0.039
z 0.074 1.134
ä 0 0.578
ö 0 0.443
ü 0 0.995
ß 0 0.307
"""


def three_letters() -> str:
    """Two distributions with KL = 0.6 bits in both directions."""
    rows = [("A", 0.5, 0.5), ("B", 0.4, 0.1), ("C", 0.1, 0.4)]
    return csv_text(("letter", "p", "q"), rows)


def numpy_example() -> str:
    """One JSON document that holds both sides."""
    sides = {"p": {"A": 0.2, "B": 0.5, "C": 0.3}, "q": {"A": 0.3, "B": 0.4, "C": 0.3}}
    return json.dumps(sides, indent=2) + "\n"


def coin() -> str:
    """Sides of a fair coin and two wrong models of it."""
    rows = [("heads", 0.5, 0.25, 0.125), ("tails", 0.5, 0.75, 0.875)]
    return csv_text(("side", "fair", "model_1", "model_2"), rows)


def worms() -> str:
    """Teeth of each worm: raw samples in a shuffled order."""
    samples = [teeth for teeth, worms in enumerate(TEETH) for _ in range(worms)]
    # Sorted by random(), the one method whose sequence Python keeps between versions.
    source = random.Random(20250301)
    order = sorted(samples, key=lambda _: source.random())
    return csv_text(("teeth",), ((teeth,) for teeth in order))


def worms_models() -> str:
    """Worms by number of teeth, beside a uniform and the maximum-likelihood binomial model."""
    most = len(TEETH) - 1
    rate = Fraction(sum(k * n for k, n in enumerate(TEETH)), most * sum(TEETH))
    # In fractions, so that each double is the nearest one to the true probability.
    binomial = [comb(most, k) * rate**k * (1 - rate) ** (most - k) for k in range(most + 1)]
    uniform = [1 / len(TEETH)] * len(TEETH)
    rows = zip(range(most + 1), TEETH, uniform, map(float, binomial), strict=True)
    return csv_text(("teeth", "observed", "uniform", "binomial"), rows)


def letters() -> str:
    """Letter frequencies in percent, to the published decimals."""
    rows = (line.split() for line in LETTERS.strip().splitlines())
    return csv_text(("letter", "english", "german"), rows)


def predictions() -> str:
    """Classes of 200 animals, and a classifier that is too sure of itself, in percent."""
    source = random.Random(20250302)
    rows = []
    for _ in range(200):
        shares = [source.random() ** 3 + 0.02 for _ in ANIMALS]
        percent = [int(100 * share / sum(shares)) for share in shares]
        percent[0] += 100 - sum(percent)
        # The truth follows the prediction, but a third of it is left to chance.
        drawn, chance = source.random(), source.random()
        truth = [share if chance > 1 / 3 else 100 / 3 for share in percent]
        label = next(i for i in range(3) if drawn * 100 < sum(truth[: i + 1]) or i == 2)
        rows.append((ANIMALS[label], *(share / 100 for share in percent)))
    return csv_text(("animal", *(f"p_{animal}" for animal in ANIMALS)), rows)


if __name__ == "__main__":
    files = {
        "three_letters.csv": three_letters(),
        "numpy_example.json": numpy_example(),
        "coin.csv": coin(),
        "worms.csv": worms(),
        "worms_models.csv": worms_models(),
        "letters.csv": letters(),
        "predictions.csv": predictions(),
    }
    sys.exit(run("Write the small, exact files of sample_data/.", files))
