"""How requests come in and errors go out: routing, validation from botocore's service model, AWS's errors."""
