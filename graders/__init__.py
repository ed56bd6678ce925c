"""The checks, one module a day: small functions from (account, answers) to results."""
