"""One repository a group of tables: what the stages ask and tell, in plain values; no commit happens here."""
