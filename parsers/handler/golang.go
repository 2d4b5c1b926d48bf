package handler

import "github.com/apigwlint/apigwlint/model"

func (r *sources) golang(t *task) *model.Handler { return nil }
