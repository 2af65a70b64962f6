"""What a customer may take along, and how an account ends (PRIV-01, PRIV-02)."""
