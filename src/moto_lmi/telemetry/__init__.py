"""What an account sees of its managed instances: metrics, and the system logs of its capacity providers."""
