"""Rights and services after sexual violence in Belgium, and a secure space for what the law lets a person ask."""
