"""A client that must try again when Okta limits its rate."""

import json
import os
import subprocess
import unittest
import urllib.error
import urllib.request


class Retries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        program = os.environ.get("IDPSTORE_BIN", "idpstore")
        command = [program, "serve", "--port", "0", "--harness", "--keys", "fixture"]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        cls.url = cls.server.stdout.readline().split()[-1]
        cls.control("POST", "seed", {"providers": [{"name": "Partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}}]})
        cls.control("POST", "snapshots/start")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.wait()
        cls.server.stdout.close()

    def setUp(self):
        self.control("POST", "snapshots/start/restore")
        self.control("DELETE", "faults")
        self.control("DELETE", "requests")

    @classmethod
    def control(cls, method, path, body=None):
        return cls.ask(method, f"/_idpstore/harness/{path}", body)

    @classmethod
    def ask(cls, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(cls.url + path, data, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def list_patiently(self):
        """The client under test: it tries three times."""
        for attempt in range(3):
            try:
                return self.ask("GET", "/api/v1/idps")
            except urllib.error.HTTPError as error:
                if error.code != 429 or attempt == 2:
                    raise
                self.assertEqual(error.headers["X-Rate-Limit-Remaining"], "0")
                error.close()

    def test_it_tries_again(self):
        self.control("POST", "faults", {"operation": "listIdentityProviders", "status": 429, "times": 2})
        self.assertEqual([idp["name"] for idp in self.list_patiently()], ["Partner"])
        served = self.control("GET", "requests?operation=listIdentityProviders")["items"]
        self.assertEqual([request["status"] for request in served], [429, 429, 200])

    def test_it_gives_up(self):
        self.control("POST", "faults", {"operation": "listIdentityProviders", "status": 429})
        with self.assertRaises(urllib.error.HTTPError) as raised:
            self.list_patiently()
        self.assertEqual(json.load(raised.exception)["errorCode"], "E0000047")
        raised.exception.close()


if __name__ == "__main__":
    unittest.main()
