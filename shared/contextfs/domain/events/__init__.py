"""Events on their way: the outbox, deliveries to consumers, and what could not be delivered."""
