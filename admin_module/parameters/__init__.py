"""What a pool sets for itself: system parameters and regional defaults, per organisation."""
