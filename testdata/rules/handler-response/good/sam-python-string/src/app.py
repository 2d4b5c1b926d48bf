from mangum import Mangum
from app import api

handler = Mangum(api)
