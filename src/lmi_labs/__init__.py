"""The course: accounts, checks, progress, grading and the command line."""
