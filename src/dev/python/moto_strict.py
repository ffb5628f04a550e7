"""moto's server, with one difference: an access key that was made Inactive is refused.

AWS answers a request that was signed with an Inactive key as if the key did not exist: InvalidClientTokenId. moto 5.2.5
looks the key up without looking at its status, so there a disabled credential would seem to live on. A rotation disables
the old key before it deletes it, and has to see it refused.

Takes the same arguments as moto_server.
"""

import sys

from moto.iam import access_control
from moto.server import main

find_access_key = access_control.create_access_key


def find_active_access_key(account_id, partition, access_key_id, headers):
    found = find_access_key(account_id, partition, access_key_id, headers)
    if isinstance(found, access_control.IAMUserAccessKey):
        for user in found.backend.list_users("/", None, None):
            for key in user.access_keys:
                if key.access_key_id == access_key_id and key.status != "Active":
                    raise access_control.CreateAccessKeyFailure(reason="InvalidId")
    return found


access_control.create_access_key = find_active_access_key

if __name__ == "__main__":
    sys.exit(main())
