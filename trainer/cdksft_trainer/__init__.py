"""The part of cdksft that runs on the nodes: prepares data and weights, trains, watches."""

__version__ = "0.1.0"
