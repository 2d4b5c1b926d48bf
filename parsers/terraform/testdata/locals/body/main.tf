locals {
  host    = "backend.example.com"
  methods = ["get", "post"]
  document = yamldecode(templatefile("${path.module}/api.yaml.tftpl", {
    host    = local.host
    methods = local.methods
  }))
  operations = { for m in local.methods : m => local.document.paths["/orders"][m] }
  uris       = [for o in local.operations : o["x-amazon-apigateway-integration"].uri]
  merged     = merge(local.document, { info = merge(local.document.info, { title = title(local.document.info.title) }) })
  same       = jsondecode(jsonencode(local.merged)) == local.merged
  extended = jsonencode({
    openapi = local.document.openapi
    paths   = { for p, ops in local.document.paths : "/v1${p}" => keys(ops) }
  })
  encoded = yamlencode({ paths = local.uris, empty = {}, none = null, text = "yes" })
  heredoc = <<-EOT
    %{for m in local.methods~}
    ${upper(m)} https://${local.host}/
    %{endfor~}
    $${stageVariables.host} %%{
  EOT
  decoded = base64decode(base64encode(local.heredoc))
  lines   = length(split("\n", trimspace(local.heredoc)))
}
