"""Floor 2: measures. Each is a reducer that reads the journal alone and yields its figures at the end."""
