"""From counts or raw values to estimates, intervals, noise floors and tests, in nats."""
