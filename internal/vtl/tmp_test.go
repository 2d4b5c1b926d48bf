package vtl
import ("testing";"math/rand")
func TestTmpSound(t *testing.T){ for seed:=int64(9);seed<11;seed++{ g:=&writer{&generator{Rand:rand.New(rand.NewSource(seed))}}; var ts []string; for range 1500 {ts=append(ts,g.template()); if seed%4==0 {ts=append(ts,g.generator.template())}}; checkSound(t,ts)} }
