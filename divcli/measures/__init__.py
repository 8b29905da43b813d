"""Measures between two aligned distributions: arrays in, per-symbol terms and totals out."""
