"""The use cases, a function each: columns in, results out."""
