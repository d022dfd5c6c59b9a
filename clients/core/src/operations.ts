// Written by `npm run generate -w core`; change ../schema.graphql or ../operations instead.

import type { Agrees } from "./agreement";
import { graphql } from "./graph";

/** Puts a variant into the basket; a guest's first line answers the token the basket is known by. */
export const AddToCart = graphql(`mutation AddToCart($sku:String!$quantity:Int=1){cartLineAdd(sku:$sku quantity:$quantity){__typename ...on CartLineAddSuccess{cart{id token version itemCount subtotal{amount currency}lines{id quantity variant{sku}}}}...on Refusal{code message field}}}`);

/** The shop at a glance for its administrators: stock that runs low, the newest orders, the revenue, reviews that wait. */
export const AdminDashboard = graphql(`query AdminDashboard($from:DateTime!$to:DateTime!$first:Int=10){lowStock(first:$first){edges{node{available variant{sku name product{id name}}warehouse{id name}}}}orders(first:$first){edges{node{id number status createdAt total{amount currency}chargeStatus customer{id displayName}}}}revenue(from:$from to:$to){total{amount currency}orderCount}reviewsToModerate(first:$first){edges{node{id rating title body author{id displayName}item{id name}}}}}`);

/** The basket of whoever asks, customer or guest: each line's price when it was added beside the live one, and what is in the way. */
export const CartPage = graphql(`query CartPage{cart{id token version itemCount subtotal{amount currency}lines{id quantity priceSnapshot{amount currency}lineTotal{amount currency}variant{sku name basePrice{amount currency}availability{status availableQuantity}product{id slug name}}}problems{__typename message sku}}}`);

/** Turns a basket into an order: the same key always answers the same order, and a changed total is refused. */
export const Checkout = graphql(`mutation Checkout($input:CheckoutInput!$idempotencyKey:String!){checkout(input:$input idempotencyKey:$idempotencyKey){__typename ...on CheckoutSuccess{order{id number status token total{amount currency}lines{id sku name quantity lineTotal{amount currency}}chargeStatus balanceDue{amount currency}payments{id status}}paymentAction{paymentId url}}...on Refusal{code message field}}}`);

/** What the checkout form is filled from: the basket, the person, their addresses and their ways to pay. */
export const CheckoutPage = graphql(`query CheckoutPage{me{id email firstName lastName phone addresses{id line1 line2 city region postalCode country isDefault}paymentMethods{__typename ...on CardPaymentMethod{id brand last4}}}cart{id token version itemCount subtotal{amount currency}lines{id quantity lineTotal{amount currency}variant{sku name availability{status availableQuantity}product{id name}}}problems{__typename message sku}}}`);

/** The front page: who is here, what is in the basket, the category tree and the newest products with stock and rating. */
export const Home = graphql(`query Home($first:Int=12){me{id displayName}cart{id itemCount}categories{id slug name children{id slug name}}products(first:$first){edges{node{id slug name inStock rating{average count}variants{sku basePrice{amount currency}}}}pageInfo{hasNextPage endCursor}}}`);

/** Signs a person in: an access token and a refresh token, or why not. */
export const Login = graphql(`mutation Login($email:String!$password:String!){login(email:$email password:$password){__typename ...on LoginSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}user{id displayName}}...on Refusal{code message field}}}`);

/** Ends this session, or every session of the person. */
export const Logout = graphql(`mutation Logout($everywhere:Boolean=false){logout(everywhere:$everywhere){...on LogoutSuccess{sessionsEnded}}}`);

/** A customer's orders, newest first, with what became of each, how it was paid, and whether its lines can be bought again. */
export const OrderHistory = graphql(`query OrderHistory($first:Int=20$after:String){me{id displayName cart{id itemCount}orders(first:$first after:$after){edges{node{id number status createdAt total{amount currency}chargeStatus balanceDue{amount currency}payments{id status amount{amount currency}}events{__typename sequence occurredAt message}lines{id sku name quantity unitPrice{amount currency}lineTotal{amount currency}variant{sku availability{status}product{id slug name rating{average count}}}}}}pageInfo{hasNextPage endCursor}}}}`);

/** One product with every variant, its stock, its rating and the newest reviews with their authors' public names. */
export const ProductPage = graphql(`query ProductPage($slug:String!$reviews:Int=5){product(slug:$slug){id slug name description inStock stockQuantity category{id slug name}variants{id sku name attributes weightGrams basePrice{amount currency}availability{status availableQuantity}}rating{average count histogram{stars count}}reviews(first:$reviews){edges{node{id rating title body verifiedPurchase helpfulCount createdAt author{id displayName}}}pageInfo{hasNextPage endCursor}}}}`);

/** Exchanges a refresh token, which works once, for new tokens. */
export const Refresh = graphql(`mutation Refresh($refreshToken:String!){refresh(refreshToken:$refreshToken){__typename ...on RefreshSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}}...on Refusal{code message field}}}`);

/** Makes an account and signs its person in. */
export const Register = graphql(`mutation Register($input:RegisterInput!){registration:register(input:$input){__typename ...on RegisterSuccess{tokens{accessToken accessTokenExpiresAt refreshToken}user{id displayName}}...on Refusal{code message field}}}`);

/** Takes a line out of the basket. */
export const RemoveFromCart = graphql(`mutation RemoveFromCart($lineId:ID!){cartLineRemove(lineId:$lineId){__typename ...on CartLineRemoveSuccess{cart{id version itemCount subtotal{amount currency}}}...on Refusal{code message field}}}`);

/** Products that match a text, a page at a time, as a result list shows them. */
export const Search = graphql(`query Search($text:String!$first:Int=20$after:String){products(first:$first after:$after filter:{text:$text}){edges{node{id slug name description inStock stockQuantity category{id slug name}rating{average count}variants{sku basePrice{amount currency}availability{status}}}}pageInfo{hasNextPage endCursor}}}`);

/** Sets how many of a line the basket holds. */
export const UpdateCartLine = graphql(`mutation UpdateCartLine($lineId:ID!$quantity:Int!){cartLineUpdate(lineId:$lineId quantity:$quantity){__typename ...on CartLineUpdateSuccess{cart{id version itemCount subtotal{amount currency}}}...on Refusal{code message field}}}`);

/** Reviews a product or a bundle, once per person and item. */
export const WriteReview = graphql(`mutation WriteReview($input:ReviewCreateInput!){reviewCreate(input:$input){__typename ...on ReviewCreateSuccess{review{id rating status}}...on Refusal{code message field}}}`);

/** Does not compile when an operation asks for a field that the schema does not have. */
export const operationsAgree: Agrees<[typeof AddToCart, typeof AdminDashboard, typeof CartPage, typeof Checkout, typeof CheckoutPage, typeof Home, typeof Login, typeof Logout, typeof OrderHistory, typeof ProductPage, typeof Refresh, typeof Register, typeof RemoveFromCart, typeof Search, typeof UpdateCartLine, typeof WriteReview]> = true;
