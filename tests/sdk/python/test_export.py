"""What `idpstore export` prints is what its JSON Schema describes, in the eyes of the validator for Python."""

import json
import unittest
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from command import Folder

SCHEMA = json.loads((Path(__file__).parents[3] / "docs/idpstore.schema.json").read_text())


class Export(unittest.TestCase):
    def setUp(self):
        Draft202012Validator.check_schema(SCHEMA)
        self.validator = Draft202012Validator(SCHEMA)
        self.folder = Folder(self)
        ours, theirs = self.folder.key("ours"), self.folder.key("theirs")
        self.document = {
            "tenants": [{"id": "1900000000000000001", "name": "Acme"}],
            "providers": [
                {
                    "name": "Partner", "alias": "partner", "signing_key": "ours", "trusted_keys": ["theirs"],
                    "protocol": {
                        "type": "saml", "entity_id": "urn:partner",
                        "single_sign_on": {"location": "https://partner.example/sso"},
                    },
                },
                {
                    "tenant": "Acme", "name": "OP",
                    "protocol": {
                        "type": "open_id_connect", "issuer": "https://op.example",
                        "client": {"id": "us", "secret": "hush", "scopes": ["openid"]},
                    },
                },
            ],
            "applications": [{"name": "Wiki", "entity_id": "urn:wiki"}],
            "users": [{"login": "ada@example.com"}],
            "trusted_keys": [{"kid": "theirs", "chain": [theirs.certificate]}],
            "signing_keys": [ours.document(["partner"])],
        }
        self.validator.validate(self.document)
        self.folder.take(self.document)

    def exported(self, *arguments):
        return json.loads(self.folder.idpstore("export", *arguments))

    def test_an_export_is_what_the_schema_describes(self):
        document = self.exported()
        self.validator.validate(document)
        self.assertEqual([len(document[name]) for name in self.document], [2, 2, 1, 1, 1, 1])
        self.assertNotIn("private", document["signing_keys"][0])
        whole = self.exported("--secrets")
        self.validator.validate(whole)
        self.assertEqual(whole["providers"][1]["protocol"]["client"]["secret"], "hush")

    def test_the_schema_refuses_what_is_no_export(self):
        document = self.exported()
        del document["providers"][0]["name"]
        with self.assertRaises(ValidationError):
            self.validator.validate(document)


if __name__ == "__main__":
    unittest.main()
