"""Benchmarks. Every figure is printed beside its baseline, measured in the same run; see `make bench`."""
