"""The event path: relays, buses, mirrors, consumer groups, handlers and replays."""
