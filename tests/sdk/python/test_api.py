"""The neutral API of `idpstore serve` before the eyes of another: whether it describes itself in OpenAPI.

The program is the one that the variable IDPSTORE names.
"""

import json
import os
import subprocess
import unittest
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator


class Description(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen(
            [os.environ["IDPSTORE"], "serve", "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().strip().removeprefix("listening on ")

    def tearDown(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def test_it_is_openapi(self):
        with urllib.request.urlopen(f"{self.url}/_idpstore/v1/openapi.json") as answer:
            description = json.load(answer)
        self.assertEqual(description["openapi"], "3.1.0")
        self.assertEqual([fault.message for fault in OpenAPIV31SpecValidator(description).iter_errors()], [])

        description["paths"]["/_idpstore/health"]["get"]["responses"] = []
        self.assertTrue(list(OpenAPIV31SpecValidator(description).iter_errors()), "the validator looks at it")


if __name__ == "__main__":
    unittest.main()
