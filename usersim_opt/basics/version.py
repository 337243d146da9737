"""The version of the package. It is also the one that the build and every report read."""

__version__ = "0.1.0"
