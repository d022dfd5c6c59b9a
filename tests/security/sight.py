"""Who sees what: every field of every entity, in each subgraph that resolves it.

A row names fields and who sees them; everybody else is answered null, or that they may not. The things are the owner's
unless their name says otherwise. Staff may read orders and stock, and no more.
"""

EVERYBODY = "anonymous other guest staff owner admin"
NOBODY = ""
# What is somebody's own is shown to them, and to administrators.
OWNER = "owner admin"
GUEST = "guest admin"
# What has a scope is shown to its holders too.
ORDER = "staff owner admin"
GUESTS_ORDER = "guest staff admin"
STOCK = "staff admin"
ADMIN = "admin"

_USER = "email emailVerified firstName lastName phone roles createdAt addresses defaultAddress sessions wishlist"
_CART = "id version lines itemCount subtotal problems"
_CART_LINE = "id quantity priceSnapshot variant livePrice lineTotal"
_ORDER = (
    "id number status createdAt confirmedAt email subtotal shipping tax discount total refunded shippingAddress lines "
    "parcels returns events"
)
_ORDER_LINE = "id sku name unitPrice quantity lineTotal variant"
_PAYMENT = "id status amount authorized captured refunded refunding createdAt method transactions order"
_PRODUCT = (
    "id slug name description brand status version attributes createdAt updatedAt category type variants images "
    "stockQuantity isAvailable"
)
_REVIEW = "id rating title body status verifiedPurchase helpfulCount unhelpfulCount createdAt updatedAt author item"

# (subgraph, thing) → {fields: who sees them}
SIGHT: dict[tuple[str, str], dict[str, str]] = {
    ("users", "User"): {"id displayName": EVERYBODY, _USER: OWNER},
    ("users", "Address"): {"id name line1 line2 city region postalCode country phone isDefault": OWNER},
    ("cart", "User"): {"id": EVERYBODY, "cart": OWNER},
    # A cart's token opens it: only who holds it already is told.
    ("cart", "Cart"): {_CART: OWNER, "token": NOBODY},
    ("cart", "guest's Cart"): {_CART: GUEST, "token": "guest"},
    ("cart", "CartLine"): {_CART_LINE: OWNER},
    ("cart", "guest's CartLine"): {_CART_LINE: GUEST},
    ("orders", "User"): {"id": EVERYBODY, "orders": ORDER},
    # With the pass payments shows what was paid: to whose order it is, not to whoever may read orders.
    ("orders", "Order"): {_ORDER: ORDER, "customer": ORDER, "token": NOBODY, "paymentsPass": "owner"},
    ("orders", "guest's Order"): {_ORDER: GUESTS_ORDER, "customer": NOBODY, "token paymentsPass": "guest"},
    ("orders", "OrderLine"): {_ORDER_LINE: ORDER},
    ("orders", "guest's OrderLine"): {_ORDER_LINE: GUESTS_ORDER},
    ("payments", "User"): {"id": EVERYBODY, "paymentMethods": OWNER},
    # Who may read orders need not know how they are paid.
    ("payments", "Order"): {"id payments chargeStatus balanceDue": OWNER},
    ("payments", "guest's Order"): {"id payments chargeStatus balanceDue": GUEST},
    ("payments", "Payment"): {_PAYMENT: OWNER, "declineCode actionUrl": NOBODY},
    ("payments", "failed Payment"): {_PAYMENT: OWNER, "declineCode": OWNER, "actionUrl": NOBODY},
    ("payments", "waiting Payment"): {_PAYMENT: OWNER, "declineCode": NOBODY, "actionUrl": OWNER},
    ("payments", "guest's Payment"): {_PAYMENT: GUEST, "declineCode actionUrl": NOBODY},
    ("reviews", "User"): {"id reviews": EVERYBODY},
    # One's own vote is shown to whoever cast it: Bob found this one helpful.
    ("reviews", "Review"): {_REVIEW: EVERYBODY, "moderationNote": NOBODY, "viewerFoundHelpful": "other staff"},
    ("reviews", "rejected Review"): {_REVIEW: OWNER, "moderationNote": OWNER, "viewerFoundHelpful": NOBODY},
    ("reviews", "CatalogItem"): {"id rating reviews": EVERYBODY},
    # Nobody can review what is not listed, so there is nothing to see.
    ("reviews", "draft CatalogItem"): {"id rating reviews": EVERYBODY},
    ("products", "Product"): {_PRODUCT: EVERYBODY, "deletedAt": NOBODY},
    ("products", "draft Product"): {_PRODUCT: ADMIN, "deletedAt": NOBODY},
    ("products", "deleted Product"): {_PRODUCT: ADMIN, "deletedAt": ADMIN},
    ("products", "CatalogItem"): {"id slug name description": EVERYBODY},
    ("products", "draft CatalogItem"): {"id slug name description": ADMIN},
    # What a variant costs the shop is for other subgraphs, which ask on the shopper's behalf: the subgraph shows it to
    # whoever has the router's signature, and the router to nobody.
    ("products", "Variant"): {
        "id sku name basePrice attributes weightGrams dimensions product isAvailable": EVERYBODY,
        "costPrice": EVERYBODY,
    },
    ("products", "draft Variant"): {
        "id sku name basePrice attributes weightGrams dimensions product costPrice isAvailable": ADMIN
    },
    ("products", "Bundle"): {"id slug name description items basePrice version": EVERYBODY},
    ("products", "Category"): {"id slug name description parent children version": EVERYBODY},
    # That nothing of a draft can be had is said of what does not exist too.
    ("inventory", "Product"): {"id inStock stockQuantity": EVERYBODY},
    ("inventory", "draft Product"): {"id inStock stockQuantity": EVERYBODY},
    ("inventory", "deleted Product"): {"id inStock stockQuantity": EVERYBODY},
    ("inventory", "Variant"): {"sku availability": EVERYBODY, "stockLevels": STOCK},
    ("inventory", "draft Variant"): {"sku availability": EVERYBODY, "stockLevels": STOCK},
    ("inventory", "Reservation"): {"id key status createdAt expiresAt lines": STOCK},
    ("inventory", "Warehouse"): {"id name priority": STOCK},
}

# Through the router, a field of a thing is seen when each step to it is: these are seen by fewer than above.
ON_THE_WAY: dict[str, str] = {
    "draft Product": ADMIN,
    "draft CatalogItem": ADMIN,
    "deleted Product": ADMIN,
    "draft Variant": ADMIN,
}

# Nothing leads from a root field to a cart that is a guest's, but for that guest.
WITHOUT_A_WAY = {"guest's Cart", "guest's CartLine"}
