"""Linear heads over character n-grams and rule flags: trained, calibrated, evaluated, explained."""
