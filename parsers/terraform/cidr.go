package terraform

import (
	"errors"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// subnet returns the network of a prefix that is longer by bits and has the
// number num, or the address of a number within the prefix.
// https://developer.hashicorp.com/terraform/language/functions/cidrsubnet
func subnet(prefix netip.Prefix, bits int, num *big.Int) (netip.Prefix, error) {
	size := prefix.Addr().BitLen()
	length := prefix.Bits() + bits
	free := big.NewInt(1)
	free.Lsh(free, uint(max(bits, 0)))
	if bits < 0 || length > size || num.CmpAbs(free) > 0 || num.Sign() >= 0 && num.Cmp(free) >= 0 {
		return netip.Prefix{}, errors.New("does not fit in the prefix")
	}
	n := new(big.Int).Set(num)
	if n.Sign() < 0 {
		n.Add(n, free) // counts from the end
	}
	base := new(big.Int).SetBytes(prefix.Masked().Addr().AsSlice())
	base.Or(base, n.Lsh(n, uint(size-length)))
	addr, ok := netip.AddrFromSlice(base.FillBytes(make([]byte, size/8)))
	if !ok {
		return netip.Prefix{}, errors.New("not an address")
	}
	return netip.PrefixFrom(addr, length), nil
}

func cidrArgs(args []cty.Value) (netip.Prefix, []*big.Int, error) {
	prefix, err := netip.ParsePrefix(args[0].AsString())
	if err != nil {
		return prefix, nil, err
	}
	var nums []*big.Int
	for _, a := range args[1:] {
		n, acc := a.AsBigFloat().Int(nil)
		if acc != big.Exact || n.BitLen() > 128 {
			return prefix, nil, errors.New("not a whole number")
		}
		nums = append(nums, n)
	}
	return prefix, nums, nil
}

// cidrFunc returns a function of a prefix and numbers.
func cidrFunc(params []string, t cty.Type, f func(netip.Prefix, []*big.Int) (cty.Value, error)) function.Function {
	spec := &function.Spec{
		Type: function.StaticReturnType(t),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			prefix, nums, err := cidrArgs(args)
			if err != nil {
				return cty.NilVal, err
			}
			return f(prefix, nums)
		},
	}
	for i, name := range params {
		p := function.Parameter{Name: name, Type: cty.Number}
		if i == 0 {
			p.Type = cty.String
		}
		spec.Params = append(spec.Params, p)
	}
	if t != cty.String {
		spec.VarParam = &function.Parameter{Name: "newbits", Type: cty.Number}
	}
	return function.New(spec)
}

var (
	cidrHostFunc = cidrFunc([]string{"prefix", "hostnum"}, cty.String, func(p netip.Prefix, n []*big.Int) (cty.Value, error) {
		host, err := subnet(p, p.Addr().BitLen()-p.Bits(), n[0])
		return cty.StringVal(host.Addr().String()), err
	})
	cidrNetmaskFunc = cidrFunc([]string{"prefix"}, cty.String, func(p netip.Prefix, _ []*big.Int) (cty.Value, error) {
		if !p.Addr().Is4() {
			return cty.NilVal, errors.New("IPv6 has no netmask")
		}
		mask, err := netip.MustParseAddr("255.255.255.255").Prefix(p.Bits())
		return cty.StringVal(mask.Addr().String()), err
	})
	cidrSubnetFunc = cidrFunc([]string{"prefix", "newbits", "netnum"}, cty.String, func(p netip.Prefix, n []*big.Int) (cty.Value, error) {
		if !n[0].IsInt64() || n[0].Int64() > 128 {
			return cty.NilVal, errors.New("does not fit in the prefix")
		}
		net, err := subnet(p, int(n[0].Int64()), n[1])
		return cty.StringVal(net.String()), err
	})
	cidrSubnetsFunc = cidrFunc([]string{"prefix"}, cty.List(cty.String), cidrSubnets)
)

// cidrSubnets places networks of the given sizes one behind the other.
func cidrSubnets(p netip.Prefix, bits []*big.Int) (cty.Value, error) {
	if len(bits) == 0 {
		return cty.ListValEmpty(cty.String), nil
	}
	size := p.Addr().BitLen()
	next := new(big.Int) // offset of the next free address
	var out []cty.Value
	for _, b := range bits {
		if !b.IsInt64() || b.Int64() < 1 || int(b.Int64())+p.Bits() > size {
			return cty.NilVal, errors.New("does not fit in the prefix")
		}
		shift := uint(size - p.Bits() - int(b.Int64()))
		n := new(big.Int).Rsh(new(big.Int).Add(next, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), shift), big.NewInt(1))), shift)
		net, err := subnet(p, int(b.Int64()), n)
		if err != nil {
			return cty.NilVal, err
		}
		out = append(out, cty.StringVal(net.String()))
		next.Lsh(n.Add(n, big.NewInt(1)), shift)
	}
	return cty.ListVal(out), nil
}
