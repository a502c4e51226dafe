"""Step plan: desired against existing gives changes; the guard holds back the risky ones."""
