"""Lists the groups with Okta's SDK for Python and a private key, and prints their types. Which server, client and key: by the
environment. In a process of its own, without what lets the SDK speak plain HTTP."""

import asyncio
import os

from okta.client import Client


async def main():
    client = Client({
        "orgUrl": os.environ["ORG_URL"], "authorizationMode": "PrivateKey", "clientId": os.environ["CLIENT_ID"],
        "privateKey": os.environ["PRIVATE_KEY"], "scopes": ["okta.groups.read"], "rateLimit": {"maxRetries": 0},
    })
    groups, _, error = await client.list_groups()
    if error:
        raise SystemExit(str(error))
    print(*[group.type.value for group in groups])


asyncio.run(main())
