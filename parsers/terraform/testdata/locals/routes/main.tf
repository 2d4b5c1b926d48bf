locals {
  functions = {
    orders   = { methods = ["get", "post"], path = "/orders" }
    invoices = { methods = ["get"], path = "/orders/{id}/invoices", auth = "AWS_IAM" }
  }

  routes = flatten([
    for name, f in local.functions : [
      for m in f.methods : {
        key      = "${upper(m)} ${f.path}"
        function = name
        auth     = lookup(f, "auth", "NONE")
      }
    ]
  ])
  by_key     = { for r in local.routes : r.key => r }
  by_auth    = { for r in local.routes : r.auth => r.key... }
  keys       = sort(keys(local.by_key))
  parts      = { for name, f in local.functions : name => compact(split("/", f.path)) }
  depth      = max([for p in values(local.parts) : length(p)]...)
  parameters = distinct(flatten([for p in values(local.parts) : [for s in p : trim(s, "{}") if startswith(s, "{")]]))
  paths      = setunion([for f in local.functions : toset([f.path])]...)
  pairs      = [for p in setproduct(["GET", "POST"], ["/a", "/b"]) : join(" ", p)]
  arns       = [for k in local.keys : "arn:aws:execute-api:*:*:abc123/*/${replace(replace(k, " ", ""), "/\\{[^}]*\\}/", "*")}"]
  secured    = anytrue([for r in local.routes : r.auth != "NONE"])
  indexes    = zipmap(local.keys, range(length(local.keys)))
  chunks     = chunklist(local.keys, 2)
}
