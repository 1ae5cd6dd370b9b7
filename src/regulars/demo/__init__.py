"""Two demo shops: a real one (Online Retail II) and a made-up one (Nordlys, four stores), and the run that shows them."""
