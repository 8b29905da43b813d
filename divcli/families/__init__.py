"""Named families of distributions: densities, maximum likelihood, closed forms of KL."""
