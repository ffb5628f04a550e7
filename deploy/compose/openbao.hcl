# One node on disk that unseals itself, so that a restart needs nobody. Its unseal key lies on the same machine: good enough to
# try Keyturn out, and for nothing else. In production the key belongs into an HSM or a cloud's KMS, and TLS in front.
storage "raft" {
  path    = "/openbao/file"
  node_id = "keyturn"
  # A lone node waits for no other: it elects itself after one second instead of five.
  performance_multiplier = "1"
}

seal "static" {
  current_key_id = "try-out"
  current_key    = "file:///openbao/keys/unseal.key"
}

# The worker and the demo's workload share this loopback, so nothing that is sent here without TLS leaves the machine.
listener "tcp" {
  address         = "127.0.0.1:8200"
  cluster_address = "127.0.0.1:8201"
  tls_disable     = true
}

api_addr     = "http://127.0.0.1:8200"
cluster_addr = "http://127.0.0.1:8201"

audit "file" "log" {
  options {
    file_path = "/openbao/logs/audit.log"
  }
}

# The first start makes what follows, and revokes the root token before anybody has seen it.
initialize "mounts" {
  request "secret" {
    operation = "update"
    path      = "sys/mounts/secret"
    data      = { type = "kv", options = { version = "2" } }
  }
}

initialize "policies" {
  request "keyturn" {
    operation = "update"
    path      = "sys/policies/acl/keyturn"
    data = {
      policy = <<-EOF
        path "secret/data/keyturn/*"     { capabilities = ["create", "read", "update"] }
        path "secret/metadata/keyturn/*" { capabilities = ["create", "read", "update", "delete"] }
        path "secret/data/apps/*"        { capabilities = ["create", "read", "update"] }
      EOF
    }
  }
  request "orders-service" {
    operation = "update"
    path      = "sys/policies/acl/orders-service"
    data      = { policy = "path \"secret/data/apps/orders/db\" { capabilities = [\"read\"] }" }
  }
}

initialize "secrets" {
  request "orders-db" {
    operation = "update"
    path      = "secret/data/apps/orders/db"
    data = {
      data = {
        username = "orders_a"
        password = { eval_type = "string", eval_source = "file", path = "/openbao/keys/orders_a.password" }
      }
    }
  }
}

# Orphans, since the root token that makes them is revoked with all its children. Both end after 32 days: nobody renews them.
initialize "tokens" {
  request "worker" {
    operation = "update"
    path      = "auth/token/create-orphan"
    data = {
      id       = { eval_type = "string", eval_source = "file", path = "/openbao/keys/worker.token" }
      policies = ["keyturn"]
      period   = "768h"
    }
  }
  request "orders-service" {
    operation = "update"
    path      = "auth/token/create-orphan"
    data = {
      id       = { eval_type = "string", eval_source = "file", path = "/openbao/keys/orders-service.token" }
      policies = ["orders-service"]
      period   = "768h"
    }
  }
}
