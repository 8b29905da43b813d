"""Where data comes from: every source becomes named columns of values or weights."""
