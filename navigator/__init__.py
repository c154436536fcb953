"""荆策通: matches enterprises to the policies they can have, and answers questions about them in everyday words."""

__version__ = "0.1.0"
