"""What a demonstration takes where nothing is said. None of its keys is a secret: production refuses them."""

import base64

DEMO_DEFAULTS = {
    "PORTAL_DATA": "var/demo",
    "PORTAL_BASE_URL": "http://127.0.0.1:8000",
    "PORTAL_NEUTRAL_SITE": "https://{lang}.wikipedia.org/",
    "PORTAL_SIGNING_KEYS": "demonstration-only-signing-key-not-a-secret",
    "PORTAL_SEALING_KEY": base64.b64encode(b"demonstration-only-not-a-secret!").decode(),
    "PORTAL_RECEIPT_KEYS": base64.b64encode(b"demonstration-only-receipt-seed!").decode(),
}
