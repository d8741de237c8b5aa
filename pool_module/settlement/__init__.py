"""Settlement: from what is due to what every payee gets, by period."""
