"""Write orders_reference.csv and orders_current.csv: two months of a shop, with known drift."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import exp
from statistics import NormalDist

import numpy as np
from numpy.random import Generator
from sample_files import csv_text, run

COLUMNS = (
    "order_id",
    "ordered_at",
    "country",
    "postal_code",
    "channel",
    "items",
    "amount",
    "discount",
    "gift",
    "coupon",
)

# Orders by hour of the day, from midnight.
HOURS = (4, 2, 1, 1, 1, 2, 5, 9, 13, 16, 18, 19, 21, 19, 17, 17, 18, 21, 25, 29, 31, 26, 17, 9)
# NA is Namibia and NO is Norway: readers that guess take the one for missing, the other for false.
COUNTRIES = {
    "DE": 0.30,
    "FR": 0.16,
    "NL": 0.11,
    "AT": 0.09,
    "BE": 0.08,
    "CH": 0.07,
    "IT": 0.06,
    "ES": 0.05,
    "NO": 0.03,
    "PL": 0.02,
    "NA": 0.02,
    "ZA": 0.01,
}
POSTAL_CODES = {f"{745 + 97 * i:05}": 1 / (10 + i) for i in range(400)}
CHANNELS = {"web": 0.45, "app": 0.30, "store": 0.18, "phone": 0.07}
ITEMS = {"1": 46, "2": 24, "3": 13, "4": 8, "5": 4, "6": 3, "7": 1, "8": 1}
GIFTS = {"false": 0.89, "true": 0.11}
COUPONS = {
    "": 0.85,
    "SPRING10": 0.06,
    "FREESHIP": 0.03,
    "Buy 2, get 1 free": 0.03,
    'The "friends" code': 0.02,
    '5" frame, half price': 0.01,
}
SALE_PRICE, SALE_SHARE = 9.99, 0.12
LOG_AMOUNT_SD = 0.8


@dataclass(frozen=True, slots=True)
class Month:
    """What the orders of one month are drawn from; where two months differ is their drift."""

    seed: int
    rows: int
    first_id: int
    start: datetime
    days: int
    countries: Mapping[str, float]
    channels: Mapping[str, float]
    log_amount_mean: float
    discount_missing: float


REFERENCE = Month(
    seed=202503,
    rows=12_000,
    first_id=1,
    start=datetime(2025, 3, 1),
    days=31,
    countries=COUNTRIES,
    channels=CHANNELS,
    log_amount_mean=3.2,
    discount_missing=0.6,
)
CURRENT = replace(
    REFERENCE,
    seed=202504,
    rows=10_000,
    first_id=12_001,
    start=datetime(2025, 4, 1),
    days=30,
    countries=COUNTRIES | {"PT": 0.04},
    channels=CHANNELS | {"web": 0.37, "app": 0.38},
    log_amount_mean=3.35,
    discount_missing=0.5,
)


def orders(month: Month) -> str:
    """CSV of one month's orders by time; each column is drawn independently of the others."""
    # Draws only random(): NumPy may change the other methods' streams (NEP 19).
    rng, n = np.random.default_rng(month.seed), month.rows
    columns = (
        order_ids(rng, month),
        times(rng, month),
        draw(rng, month.countries, n),
        draw(rng, POSTAL_CODES, n),
        draw(rng, month.channels, n),
        draw(rng, ITEMS, n),
        amounts(rng, month),
        discounts(rng, month),
        draw(rng, GIFTS, n),
        draw(rng, COUPONS, n),
    )
    return csv_text(COLUMNS, zip(*columns, strict=True))


def draw(rng: Generator, weights: Mapping[str, float], n: int) -> list[str]:
    """Independent levels, each with probability proportional to its weight."""
    levels = list(weights)
    edges = np.cumsum(list(weights.values()))
    return [levels[i] for i in np.searchsorted(edges / edges[-1], rng.random(n), side="right")]


def order_ids(rng: Generator, month: Month) -> list[str]:
    """Consecutive numbers in random order, each once."""
    return [f"O-{month.first_id + i:06}" for i in np.argsort(rng.random(month.rows))]


def times(rng: Generator, month: Month) -> list[str]:
    """Sorted moments of the month to the second, with days alike and hours as in HOURS."""
    hours = draw(rng, {str(hour): weight for hour, weight in enumerate(HOURS)}, month.rows)
    days, seconds = rng.random(month.rows) * month.days, rng.random(month.rows) * 3600
    offsets = sorted(
        timedelta(days=int(day), hours=int(hour), seconds=int(second))
        for day, hour, second in zip(days, hours, seconds, strict=True)
    )
    return [(month.start + offset).isoformat() for offset in offsets]


def amounts(rng: Generator, month: Month) -> list[str]:
    """Lognormal prices in cents, a share of them at exactly the sale price."""
    normal = NormalDist(month.log_amount_mean, LOG_AMOUNT_SD)
    at_sale = rng.random(month.rows) < SALE_SHARE
    prices = (exp(normal.inv_cdf(u)) for u in rng.random(month.rows))
    return [
        f"{SALE_PRICE if sale else price:.2f}" for sale, price in zip(at_sale, prices, strict=True)
    ]


def discounts(rng: Generator, month: Month) -> list[str]:
    """Fractions of the price from 0.05 to 0.4, most of them small, or empty."""
    missing = rng.random(month.rows) < month.discount_missing
    values = 0.05 + 0.35 * rng.random(month.rows) ** 2
    return ["" if gone else f"{value:.3f}" for gone, value in zip(missing, values, strict=True)]


if __name__ == "__main__":
    files = {"orders_reference.csv": orders(REFERENCE), "orders_current.csv": orders(CURRENT)}
    sys.exit(run("Write two months of orders with known drift to sample_data/.", files))
