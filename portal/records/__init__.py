"""What is kept: cases, links, requests, holds and the journal; sealed where it could tell who somebody is."""
