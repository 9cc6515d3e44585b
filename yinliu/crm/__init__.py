"""Where leads are sent: one file a target."""
