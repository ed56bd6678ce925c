"""Checks that learners don't see: the same questions with other inputs."""
