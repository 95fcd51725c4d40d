"""Orders: what handlers made of the clients' writes, across domains."""
