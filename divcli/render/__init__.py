"""From results to text: what people see is laid out once, and each format writes it its way."""
