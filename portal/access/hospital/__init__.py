"""Signing in by the hospital's own OpenID Connect: authorization code, PKCE, nonce, and a token that is checked whole.

The hospital says who somebody is and that two factors were shown just now; nothing else of it is believed. Who belongs
to a team, in which role and for which centre, stands in our own table only, and nobody is made by signing in.
"""
