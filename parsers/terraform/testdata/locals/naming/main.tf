variable "project" {
  type    = string
  default = "Orders API"
}

variable "environment" {
  type    = string
  default = "staging"
}

variable "tags" {
  type    = map(string)
  default = { team = "shop" }
}

variable "limits" {
  type = object({
    rate  = optional(number, 100)
    burst = optional(number)
  })
  default = {}
}

locals {
  production = var.environment == "production"
  slug       = lower(replace(var.project, "/[^A-Za-z0-9]+/", "-"))
  prefix     = "${local.slug}-${substr(var.environment, 0, 4)}"
  names      = [for i in range(3) : format("%s-%02d", local.prefix, i)]
  tags       = merge(var.tags, { environment = var.environment, name = local.prefix })
  timeout    = local.production ? 29 : min(29, 10 + length(local.names))
  limits     = { rate = var.limits.rate, burst = coalesce(var.limits.burst, var.limits.rate * 2) }
  stages     = toset(concat(["v1"], local.production ? [] : ["v2", "v1"]))
  origins    = try(split(",", var.tags.origins), ["*"])
  first      = one([for n in local.names : n if endswith(n, "00")])
  hash       = substr(sha1(jsonencode(local.tags)), 0, 8)
  zones      = formatlist("%s%s", "eu-west-1", ["a", "b"])
}
