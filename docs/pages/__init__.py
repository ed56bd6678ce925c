"""What the generated pages of the site say, one module for each."""
