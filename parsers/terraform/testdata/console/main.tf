variable "env" {
  type    = string
  default = "prod"
}

variable "opts" {
  type = object({
    name = string
    size = optional(number, 5)
    tags = optional(map(string), {})
    sub  = optional(object({ on = optional(bool, true) }), {})
  })
  default = { name = "x", sub = {} }
}

variable "names" {
  type    = set(string)
  default = ["b", "a", "b"]
}

variable "nums" {
  type    = list(number)
  default = ["1", 2]
}

locals {
  greeting = "hello $${name}"
  m    = { a = 1, b = "two", c = [1, 2, 3] }
  l    = ["x", "y", "z"]
  objs = [{ id = "p", v = 1 }, { id = "q", v = 2 }, { id = "p", v = 3 }]
  text = <<-EOT
    first
      second ${var.env}
    third
  EOT
}
