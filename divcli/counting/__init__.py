"""From columns to counts: one typing policy, one alphabet or grid for both sides."""
