"""The Lambda API: moto's own, with managed instances."""
