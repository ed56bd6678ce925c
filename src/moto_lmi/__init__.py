"""Lambda Managed Instances for moto: an emulator that behaves, with no knowledge of the course."""
