"""Capacity and cost of Lambda Managed Instances, with no knowledge of moto or the course."""
